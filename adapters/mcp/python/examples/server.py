import vigie
import vigie_mcp
from mcp.server.mcpserver import MCPServer

vigie_mcp.instrument()
server = MCPServer("calculator")


@server.tool()
def add(a: int, b: int) -> int:
    """Adds two numbers."""
    vigie.get_logger("calculator").info("adding {a} and {b}", a=a, b=b)
    return a + b


if __name__ == "__main__":
    server.run("stdio")

"""A shop's server on FastAPI and SQLAlchemy, with spans of its own made through OpenTelemetry's API."""

import vigie.otel
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool

# In the place of a TracerProvider of the SDK, its processor and its exporter.
vigie.otel.install(service="shop")

app = FastAPI()
tracer = trace.get_tracer("shop")
engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE items (name TEXT, price INTEGER)"))
    connection.execute(text("INSERT INTO items VALUES ('tea', 4), ('milk', 2)"))

FastAPIInstrumentor.instrument_app(app)
SQLAlchemyInstrumentor().instrument(engine=engine)


@app.get("/cart/{number}")
def cart(number: int) -> dict[str, int]:
    with tracer.start_as_current_span("price", attributes={"cart": number}) as span:
        with engine.connect() as connection:
            total = connection.execute(text("SELECT sum(price) FROM items")).scalar_one()
        span.set_attribute("total", total)
    vigie.get_logger("shop").info("cart {number} costs {total}", number=number, total=total)
    return {"cart": number, "total": total}

"""Twenty lines against the engine in process: no server is needed. Run: python example.py"""

import vigie
import vigie_qdrant
from qdrant_client import QdrantClient, models

vigie.init(service="example", outputs=[{"to": "console", "stream": "stdout", "signals": ["spans"]}])
vigie_qdrant.instrument()

client = QdrantClient(":memory:")
client.create_collection("docs", vectors_config=models.VectorParams(size=2, distance=models.Distance.COSINE))
client.upload_points(
    "docs", (models.PointStruct(id=i, vector=[1.0, i / 10], payload={"n": i}) for i in range(100))
)
with vigie.span("answer", kind="server"):
    client.query_points("docs", query=[1.0, 0.5], limit=3)
vigie.shutdown()

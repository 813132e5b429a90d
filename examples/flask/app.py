"""A shop's server, written for nobody's telemetry: Flask answers, and asks its own stock over HTTP. What makes it visible is how it
is started: see README.md."""

import requests
from flask import Flask, request

app = Flask(__name__)


@app.get("/stock/<item>")
def stock(item: str) -> dict[str, object]:
    return {"item": item, "left": 3}


@app.get("/cart/<int:number>")
def cart(number: int) -> dict[str, object]:
    found = [requests.get(f"{request.host_url}stock/{item}", timeout=10).json() for item in ("tea", "milk")]
    return {"cart": number, "stock": found}

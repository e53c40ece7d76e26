from fastapi import FastAPI
from pydantic import BaseModel
from rule import classify

app = FastAPI()


class Rows(BaseModel):
    rows: list[list[float]]


@app.get("/ready")
def ready() -> str:
    return "ready"


@app.post("/classify")
def predict(request: Rows) -> dict[str, list[int]]:
    return {"classes": classify(request.rows)}

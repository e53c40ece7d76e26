import bentoml
from rule import classify


@bentoml.service(name="iris")
class Iris:
    @bentoml.api
    def predict(self, features: list[list[float]]) -> list[int]:
        return classify(features)

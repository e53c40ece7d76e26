"""Stands for a model: which iris has petals of this length and width, in centimetres."""


def classify(rows: list[list[float]]) -> list[int]:
    return [0 if length < 2.5 else 1 if width < 1.7 else 2 for length, width in rows]

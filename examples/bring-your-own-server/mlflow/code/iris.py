from rule import classify


class Iris:
    def predict(self, frame):
        return classify(frame[["length", "width"]].values.tolist())


def _load_pyfunc(path):
    return Iris()

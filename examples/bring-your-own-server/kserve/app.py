import argparse

import kserve.protocol.rest.server as rest
from kserve import InferRequest, Model, ModelServer, model_server
from kserve.utils.utils import get_predict_response
from rule import classify

# The SDK listens on every address of the machine, and has no option for that.
config = rest.uvicorn.Config
rest.uvicorn.Config = lambda app, **options: config(app, **{**options, "host": "127.0.0.1"})


class Iris(Model):
    def load(self):
        self.ready = True
        return True

    def predict(self, payload, headers=None, response_headers=None):
        if isinstance(payload, InferRequest):
            import numpy

            rows = payload.inputs[0].as_numpy().tolist()
            return get_predict_response(payload, numpy.array(classify(rows)), self.name)
        return {"predictions": classify(payload["instances"])}


if __name__ == "__main__":
    arguments, _ = argparse.ArgumentParser(parents=[model_server.parser]).parse_known_args()
    iris = Iris(arguments.model_name)
    iris.load()
    ModelServer().start([iris])

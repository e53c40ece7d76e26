from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse
from rule import classify


class Iris(MLModel):
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        import numpy

        rows = NumpyCodec.decode_input(payload.inputs[0]).tolist()
        output = NumpyCodec.encode_output(name="class", payload=numpy.array(classify(rows)))
        return InferenceResponse(model_name=self.name, outputs=[output])

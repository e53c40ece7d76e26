import sys

import litserve as ls
from rule import classify


class Iris(ls.LitAPI):
    def setup(self, device):
        pass

    def decode_request(self, request):
        return request["features"]

    def predict(self, x):
        return classify(x)

    def encode_response(self, output):
        return {"predictions": output}


if __name__ == "__main__":
    server = ls.LitServer(Iris(), accelerator="cpu")
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)

import type { Prediction } from "../../../models/decide.ts";
import type { ServedModel } from "../../../models/served-model.ts";
import type { Answer, Route } from "./http-server.ts";
import type { ServedIdentity } from "./identity.ts";
import { parseJsonObject } from "./json-body.ts";

/**
 * `POST /predict`: `{"text": …}` or `{"features": {…}}` in, `{"model","version","label","score"}` out.
 * The label also stands in the header `x-prediction-label`, so that a gateway can count it without reading bodies.
 */
export function predictRoute(model: ServedModel, { model: name, version }: ServedIdentity): Route {
  // Everything but the score is known at start: this is the hot path.
  const known = new Map(
    model.manifest.labels.map((label) => [
      label,
      {
        start: `${JSON.stringify({ model: name, version, label }).slice(0, -1)},"score":`,
        headers: ["x-prediction-label", label],
      },
    ]),
  );
  const render = ({ label, score }: Prediction): Answer => {
    const answer = known.get(label);
    if (answer === undefined) throw new Error(`the model answered an unknown label "${label}"`);
    return { body: `${answer.start}${score}}`, headers: answer.headers };
  };
  return {
    method: "POST",
    answer(body) {
      const prediction = model.predict(parseJsonObject(body));
      return prediction instanceof Promise ? prediction.then(render) : render(prediction);
    },
  };
}

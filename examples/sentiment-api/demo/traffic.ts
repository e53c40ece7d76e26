/** Customers who write reviews, and act on what they are shown. */
import { beCustomers } from "../../stage/traffic.ts";
import { createTraffic } from "../training/traffic.ts";

const next = createTraffic({ seed: 11 });

beCustomers({
  rate: 900,
  next: () => ({ text: next().text }),
  metric: "positiveRate",
  event: "positive",
  feedbackShare: 0.5,
});

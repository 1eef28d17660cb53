// k6 load profile (L-031) with the service levels of L-030 as thresholds: a run that misses one fails its Job.
import http from "k6/http";
import { check, sleep } from "k6";

const users = Number(__ENV.VIRTUAL_USERS || "10");
const duration = __ENV.DURATION || "1m";
const rate = Number(__ENV.REQUESTS_PER_SECOND || "0");
const soap = __ENV.SCENARIO === "soap";

const constantUsers = { executor: "constant-vus", vus: users, duration };
const constantRate = {
  executor: "constant-arrival-rate",
  rate,
  timeUnit: "1s",
  duration,
  preAllocatedVUs: Math.min(users, 500),
  maxVUs: users,
};

export const options = {
  scenarios: { load: rate > 0 ? constantRate : constantUsers },
  thresholds: {
    http_req_failed: ["rate<0.001"],
    http_req_duration: soap ? ["p(50)<2000", "p(95)<5000", "p(99)<8000"] : ["p(95)<500"],
  },
};

export default function () {
  const target = soap ? "/api/v1/soap/synthetic" : "/api/v1/status";
  const answer = http.get(`${__ENV.TARGET_URL}${target}`, { timeout: "30s" });
  check(answer, { "answers 200": (response) => response.status === 200 });
  if (rate === 0) sleep(1);
}

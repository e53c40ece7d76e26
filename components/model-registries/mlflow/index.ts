/** The model registry of MLflow; given by `pulumi-model-lifecycle/model-registries/mlflow`. */
export { type MlflowRegistrySettings, mlflowRegistry } from "./writer.ts";

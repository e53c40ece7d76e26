/** The caller's input does not fit the model; the server answers 400 with this message. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** A model directory that cannot be served; the message is one line that names the file and the field. */
export class ModelFilesError extends Error {
  override readonly name = "ModelFilesError";
}

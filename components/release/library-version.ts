/** Version of this library; a test holds it equal to package.json. */
export const libraryVersion = "0.1.0";

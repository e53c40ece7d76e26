export type Label = "positive" | "negative";

/** The vocabulary of the generated reviews. */
export type Words = readonly [string, ...string[]];

// biome-ignore format: word lists read best as paragraphs
export const adjectives: Readonly<Record<Label, Words>> = {
  positive: [
    "good", "great", "excellent", "amazing", "wonderful", "fantastic", "superb", "lovely", "brilliant", "perfect",
    "reliable", "sturdy", "comfortable", "beautiful", "elegant", "fast", "quick", "responsive", "clear", "crisp",
    "bright", "solid", "durable", "smooth", "quiet", "helpful", "friendly", "polite", "tasty", "delicious",
    "fresh", "clean", "spotless", "cosy", "charming", "handy", "useful", "practical", "intuitive", "simple",
    "accurate", "precise", "generous", "affordable", "impressive", "outstanding", "delightful", "pleasant", "nice", "fine",
    "sharp", "powerful", "light", "soft", "warm", "stylish", "flawless", "remarkable", "satisfying", "refreshing",
    "enjoyable", "thoughtful", "robust", "exciting", "worthwhile",
  ],
  negative: [
    "bad", "terrible", "awful", "horrible", "poor", "dreadful", "disappointing", "useless", "cheap", "flimsy",
    "slow", "sluggish", "noisy", "loud", "dirty", "greasy", "stale", "bland", "cold", "rude",
    "unhelpful", "careless", "broken", "faulty", "defective", "fragile", "uncomfortable", "ugly", "blurry", "dim",
    "dull", "boring", "confusing", "complicated", "clumsy", "heavy", "inaccurate", "unreliable", "overpriced", "expensive",
    "weak", "wobbly", "rough", "sticky", "smelly", "shabby", "cramped", "frustrating", "annoying", "pathetic",
    "mediocre", "unpleasant", "sloppy", "outdated", "buggy", "laggy", "scratched", "leaky", "tasteless", "soggy",
    "painful", "worthless", "messy", "disgusting", "stressful",
  ],
};

// biome-ignore format: word lists read best as paragraphs
export const nouns: Words = [
  "screen", "battery", "camera", "keyboard", "speaker", "charger", "case", "cable", "app", "update",
  "manual", "delivery", "packaging", "service", "staff", "waiter", "room", "bed", "breakfast", "soup",
  "coffee", "pizza", "dessert", "menu", "hotel", "view", "shower", "sound", "picture", "design",
  "handle", "zip", "fabric", "sole", "strap", "motor", "blade", "lid", "price", "support",
  "story", "ending", "film", "book", "plot", "acting", "interface", "setup", "fit", "finish",
];

export const verbs: Readonly<Record<Label, Words>> = {
  positive: ["love", "like", "enjoy", "recommend", "adore", "appreciate", "trust", "admire", "treasure", "praise"],
  negative: ["hate", "dislike", "regret", "despise", "resent", "distrust", "loathe", "detest", "reject", "deplore"],
};

export const adverbs: Words = ["really", "very", "so", "quite", "truly", "rather", "surprisingly", "simply"];

export const asides: Words = [
  "I bought it in March",
  "My brother has one too",
  "We stayed for two nights",
  "It came on a Tuesday",
  "I use it at work",
  "This is my second order",
  "I read about it online",
  "We were four people",
];

export const nonAscii: Words = ["😀", "👍", "😞", "🎉", "☕", "😡", "✨", "💔"];

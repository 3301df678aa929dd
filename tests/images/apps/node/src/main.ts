import fs = require("node:fs");
import ms = require("ms");

const answer: () => number = require("../build/Release/answer.node");

console.log(answer(), ms(ms("2 days"), { long: true }), process.env.NODE_ENV, process.getuid?.());
console.log(fs.statSync("/app").uid, fs.statSync("dist").uid);

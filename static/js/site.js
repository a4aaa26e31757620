// Small behaviours on top of pages that work without them; each finds its place by a data- attribute.
import "./counter.js";
import "./once.js";
import "./reactions.js";
import "./more.js";
import "./reply.js";
import "./anchor.js";
import "./panels.js";
import "./carry.js";
import "./copy.js";

// The home page in the browser: the chooser remembers, and lists tell what came since one's visit.

import { connectChooser } from "./chooser.js";
import { showLists } from "./lists.js";

connectChooser(document.getElementById("chooser"));
showLists(document.getElementById("home-since"));

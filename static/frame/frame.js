// What every page does with scripts: actions of cards, keys, copied formulas, the network's state.

import "../cards/cards.js";
import "./card_actions.js";
import "./card_keywords.js";
import "./copy_math.js";
import "./keys.js";
import "./menus.js";
import "./network.js";
import "../search/box.js";

// Registers every native process of the benchmarks, ids 1 to 19.

import "./flow";
import "./lives";
import "./rings";
import "./selective";
import "./timers";

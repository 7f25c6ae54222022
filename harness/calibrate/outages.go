package calibrate

import "context"

var outagesLive, killed, asleep, memory func(context.Context, *Bench)

package calibrate

import "context"

var killed, asleep func(context.Context, *Bench)

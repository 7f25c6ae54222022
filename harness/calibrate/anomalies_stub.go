package calibrate
import ("context";"maildrill/harness/record")
type Blunder struct{ name string }
var blunders []Blunder
func (u Blunder) hunt(ctx context.Context, o Options, sound map[string]bool) (r record.CaughtMutant) {return}
func perfect(b *Bench) {
	b.check("a perfect system", newTape(sample), truthOf(sample, nil, false))
	b.about("a perfect drill", drilled(), passed)
}
func perfectLive(context.Context, *Bench){}
func liesLive(func() []lieCase) func(context.Context, *Bench) { return nil}
var outagesLive,blindnessLive,strangersLive,killed,asleep,slowLive,memory,anythingLive func(context.Context, *Bench)

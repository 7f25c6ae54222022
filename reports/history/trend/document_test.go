package trend

import (
	"testing"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/history"
	"maildrill/reports/history/historytest"
)

func TestGolden(t *testing.T) {
	regressed, _ := Of(planted.Scenario, runsOf(historytest.Population(1, 200, planted)), Options{Worse: 0.2, Last: 30, Simulated: true})
	historytest.Golden(t, "regressed", regressed.Document(), regressed.Pictures(78))
	few, _ := Of("single-server-crash", series(3, nil), Options{Worse: 0.2})
	historytest.Golden(t, "few", few.Document(), few.Pictures(78))
	runs := append(series(8, func(i int, r *record.Record) {
		switch i {
		case 2:
			r.Objectives[0].Measured, r.Objectives[0].Verdict = nil, record.Inconclusive
		case 4:
			r.Objectives[0].Measured, r.Objectives[0].Verdict = new(since(61)), record.Failed
		case 6:
			r.Environment = map[string]string{"image.mx1": "other"}
		}
	}), history.Without("20260901-000000-single-server-crash-0001", history.NoRecord, "", time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)))
	marked, _ := Of("single-server-crash", runs, Options{Worse: 0.2})
	historytest.Golden(t, "marked", marked.Document(), marked.Pictures(78))
	none, _ := Of("single-server-crash", nil, Options{})
	historytest.Golden(t, "none", none.Document(), none.Pictures(78))
}

func TestHostileText(t *testing.T) {
	for _, evil := range historytest.Evil {
		runs := series(8, func(i int, r *record.Record) {
			r.Scenario.Name, r.Scenario.Title, r.Run.Runtime, r.Clock = evil, evil, evil+"x", evil
			r.Objectives[0].Name, r.Objectives[0].Target, r.Objectives[0].Verdict = "rto."+evil, map[string]float64{evil: 1, "max": 1e300}, record.Verdict(evil)
			r.Gates = []record.Gate{{Name: evil}}
			if i%2 == 0 {
				r.Environment = map[string]string{"image." + evil: evil}
				r.Objectives[0].Measured = new(at(-1e300, 1e300))
			}
		})
		for i := range runs {
			runs[i].Folder = evil + runs[i].Folder
		}
		trend, ok := Of(evil, runs, Options{Worse: 0.2})
		if !ok || len(trend.Lines) != 1 {
			t.Fatalf("%.20q: no trend", evil)
		}
		historytest.Harmless(t, trend.Document())
		historytest.Text(t, trend.Document(), trend.Pictures(78))
	}
}

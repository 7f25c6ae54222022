package faults

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

type bandwidthParams struct {
	Rate      string   `yaml:"rate"`
	Peers     []string `yaml:"peers"`
	Port      int      `yaml:"port"`
	Direction string   `yaml:"direction"`
	Family    string   `yaml:"family"`
}

// Rates that a look can tell from a path without the fault, in bit/s.
const (
	leastBandwidth = 64e3
	mostBandwidth  = 50e6
)

func newBandwidth(decode func(any) error) (Fault, error) {
	with, err := decoded(decode, bandwidthParams{Rate: "1Mbit/s", Direction: "both", Family: "any"})
	if err != nil {
		return nil, err
	}
	rate, err := bitRate(with.Rate)
	if err != nil {
		return nil, err
	}
	f := bandwidth{rate: float64(rate)}
	return newTreated("net.bandwidth", with, treated{
		route: route{with.Peers, with.Port, with.Direction, with.Family},
		spec:  PacketSpec{Action: RatePackets, Rate: rate},
		train: f.train(), shows: f.shows, compares: f.compares,
	})
}

var rates = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(k|M)bit/s$`)

// bitRate reads "1Mbit/s", in bit/s.
func bitRate(text string) (uint64, error) {
	parts := rates.FindStringSubmatch(text)
	if parts == nil {
		return 0, fmt.Errorf("rate is %q; valid: bits per second such as 1Mbit/s or 256kbit/s", text)
	}
	number, err := strconv.ParseFloat(parts[1], 64)
	number *= map[string]float64{"k": 1e3, "M": 1e6}[parts[2]]
	if err != nil || number < leastBandwidth || number > mostBandwidth {
		return 0, fmt.Errorf("rate is %s; valid: 64kbit/s to 50Mbit/s", text)
	}
	return uint64(number), nil
}

// bandwidth is the rate of one direction.
type bandwidth struct{ rate float64 } // bit/s

// A train takes the line for a fifth of a second: long against the hiccups of a
// busy host, short against the time-outs of mail.
const (
	trainTime  = 0.2 // s
	shortTrain = 6   // datagrams
	longTrain  = 250
	largePiece = 1200 // bytes
	smallPiece = 250
)

func (f bandwidth) train() Train {
	bytes := f.rate / 8 * trainTime
	size := largePiece
	if bytes < shortTrain*largePiece {
		size = smallPiece
	}
	count := min(max(int(bytes)/size, shortTrain), longTrain)
	// What others have in the line goes first.
	return Train{Count: count, Size: size, Patience: 4 * time.Second}
}

// seen is the rate at which the datagrams came, one behind the other.
func (f bandwidth) seen(p Passing) float64 {
	if len(p.Came) < 2 {
		return 0
	}
	took := p.Came[len(p.Came)-1].At - p.Came[0].At
	return float64((len(p.Came)-1)*f.train().Size*8) / took.Seconds()
}

// shows: they came no faster than half as much again as asked.
func (f bandwidth) shows(p Passing) (bool, string) {
	seen := f.seen(p)
	return seen > 0 && seen <= 1.5*f.rate, fmt.Sprintf("%d of %d came, at %.3g bit/s", len(p.Came), f.train().Count, seen)
}

// compares: within 15 %. While others use the line too, its rate cannot be told
// from what they leave.
func (f bandwidth) compares(p Passing, others uint64) []Measured {
	if others > 0 || len(p.Came) < f.train().Count {
		return nil
	}
	return []Measured{compared("bandwidth", "bit/s", f.rate, f.seen(p), 0.15*f.rate)}
}

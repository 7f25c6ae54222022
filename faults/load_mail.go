package faults

import "errors"

type bounceStormParams struct {
	Client   string   `yaml:"client"`
	To       []string `yaml:"to"`
	Count    int      `yaml:"count"`
	Rate     float64  `yaml:"rate"`
	Sessions int      `yaml:"sessions"`
	Size     int      `yaml:"size"`
}

func newBounceStorm(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, bounceStormParams{Count: 1000, Rate: 50, Sessions: 10, Size: 3000})
	if err == nil {
		err = bounded(p.Count)
	}
	if err != nil {
		return nil, err
	}
	return newStorm("load.bounce-storm", p, "smtp", LoadSpec{Client: p.Client, Manner: Send, Sessions: p.Sessions, Rate: p.Rate,
		Most: p.Count, Rcpt: p.To, Size: p.Size, Report: true}, "accepted")
}

type stolenAccountParams struct {
	Client   string   `yaml:"client"`
	User     string   `yaml:"user"`
	Password string   `yaml:"password"`
	To       []string `yaml:"to"`
	Count    int      `yaml:"count"`
	Rate     float64  `yaml:"rate"`
	Sessions int      `yaml:"sessions"`
	Size     int      `yaml:"size"`
}

func newStolenAccount(decode func(any) error) (Fault, error) {
	p, err := decoded(decode, stolenAccountParams{Count: 1000, Rate: 20, Sessions: 5, Size: 2000})
	if err == nil {
		err = bounded(p.Count)
	}
	if err != nil {
		return nil, err
	}
	return newStorm("load.stolen-account", p, "submission", LoadSpec{Client: p.Client, Manner: Send, Sessions: p.Sessions, Rate: p.Rate,
		Most: p.Count, User: p.User, Password: p.Password, From: p.User, Rcpt: p.To, Size: p.Size}, "accepted")
}

// mostMessages bounds mail that makes more mail: reports, answers, copies.
const mostMessages = 100_000

func bounded(count int) error {
	if count < 1 || count > mostMessages {
		return errors.New("count; valid: 1 to 100000")
	}
	return nil
}

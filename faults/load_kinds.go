package faults

func newConnectionFlood(decode func(any) error) (Fault, error) {
	return newHolding(decode, "load.connection-flood", Hold)
}

func newSlowSenders(decode func(any) error) (Fault, error) {
	return newHolding(decode, "load.slow-senders", Drip)
}

func newHolding(decode func(any) error, kind string, m Manner) (Fault, error) {
	with := struct {
		Client   string `yaml:"client"`
		Service  string `yaml:"service"`
		Sessions int    `yaml:"sessions"`
	}{Service: "smtp", Sessions: 100}
	if err := decode(&with); err != nil {
		return nil, err
	}
	return newStorm(kind, with, with.Service, LoadSpec{Client: with.Client, Manner: m, Sessions: with.Sessions}, "greeted")
}

func newBruteForce(decode func(any) error) (Fault, error) {
	with := struct {
		Client   string  `yaml:"client"`
		Service  string  `yaml:"service"`
		User     string  `yaml:"user"`
		Sessions int     `yaml:"sessions"`
		Rate     float64 `yaml:"rate"`
	}{Service: "imap", Sessions: 5, Rate: 10}
	if err := decode(&with); err != nil {
		return nil, err
	}
	spec := LoadSpec{Client: with.Client, Manner: Guess, Sessions: with.Sessions, Rate: with.Rate, User: with.User}
	return newStorm("load.auth-brute-force", with, with.Service, spec, "denied")
}

func newMailBomb(decode func(any) error) (Fault, error) {
	with := struct {
		Client   string  `yaml:"client"`
		To       string  `yaml:"to"`
		From     string  `yaml:"from"`
		Count    int     `yaml:"count"`
		Rate     float64 `yaml:"rate"`
		Sessions int     `yaml:"sessions"`
		Size     int     `yaml:"size"`
	}{From: loadSender, Count: 1000, Rate: 50, Sessions: 10, Size: 2000}
	if err := decode(&with); err != nil {
		return nil, err
	}
	return newStorm("load.mail-bomb", with, "smtp", LoadSpec{Client: with.Client, Manner: Send, Sessions: with.Sessions, Rate: with.Rate,
		Most: with.Count, From: with.From, Rcpt: []string{with.To}, Size: with.Size}, "accepted")
}

func newSurge(decode func(any) error) (Fault, error) {
	with := struct {
		Client   string   `yaml:"client"`
		To       []string `yaml:"to"`
		From     string   `yaml:"from"`
		Rate     float64  `yaml:"rate"`
		Sessions int      `yaml:"sessions"`
		Size     int      `yaml:"size"`
	}{From: loadSender, Rate: 50, Sessions: 20, Size: 5000}
	if err := decode(&with); err != nil {
		return nil, err
	}
	return newStorm("load.surge", with, "smtp", LoadSpec{Client: with.Client, Manner: Send, Sessions: with.Sessions, Rate: with.Rate,
		From: with.From, Rcpt: with.To, Size: with.Size}, "accepted")
}

func newReconnectStorm(decode func(any) error) (Fault, error) {
	with := struct {
		Client   string `yaml:"client"`
		User     string `yaml:"user"`
		Password string `yaml:"password"`
		Sessions int    `yaml:"sessions"`
	}{Sessions: 50}
	if err := decode(&with); err != nil {
		return nil, err
	}
	meets := "accepted"
	if with.User == "" {
		meets = "greeted"
	}
	return newStorm("load.reconnect-storm", with, "imap", LoadSpec{Client: with.Client, Manner: Hold, Sessions: with.Sessions,
		User: with.User, Password: with.Password}, meets)
}

// loadSender is the sender of mail that is no part of the drill's own: empty, so
// that no report on it goes to anybody (RFC 5321, section 4.5.5).
const loadSender = ""

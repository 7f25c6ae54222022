package scenarios

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// misread is why a scalar is no value of its type.
type misread struct {
	message    string
	suggestion string
	valid      []string
}

// longestDuration bounds every duration, so that sums of them cannot overflow.
const longestDuration = 30 * 24 * time.Hour

// unread stands for a duration that is written but could not be read, so that
// later checks do not call it missing. It occurs in documents with problems
// only.
const unread = Duration(-1)

var (
	durationExamples = []string{"250ms", "30s", "5m", "1h"}
	sizeExamples     = []string{"512B", "8KiB", "1MiB", "2GiB"}
	rateExamples     = []string{"20/s", "90/m"}
	amountExamples   = []string{"0", "10", "0.5%"}

	plainNumber = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	sizeForm    = regexp.MustCompile(`^([0-9]{1,12})(\.[0-9]{1,6})?(B|KiB|MiB|GiB)$`)
)

func parseDuration(s string) (time.Duration, *misread) {
	if plainNumber.MatchString(s) {
		return 0, &misread{quote(s) + " has no unit", s + "s", durationExamples}
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return 0, &misread{quote(s) + " is no duration", "", durationExamples}
	case d < 0:
		return 0, &misread{quote(s) + " is negative", strings.TrimPrefix(s, "-"), nil}
	case d > longestDuration:
		return 0, &misread{quote(s) + " is longer than 720h", "", nil}
	}
	return d, nil
}

var sizeUnits = []struct {
	unit  string
	bytes int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

func parseSize(s string) (Size, *misread) {
	if plainNumber.MatchString(s) {
		return 0, &misread{quote(s) + " has no unit", s + "KiB", sizeExamples}
	}
	m := sizeForm.FindStringSubmatch(s)
	if m == nil {
		return 0, &misread{quote(s) + " is no size", binaryUnit(s), sizeExamples}
	}
	n, _ := strconv.ParseFloat(m[1]+m[2], 64)
	for _, u := range sizeUnits {
		if u.unit == m[3] {
			n *= float64(u.bytes)
		}
	}
	if n != math.Trunc(n) || n > 1<<50 {
		return 0, &misread{quote(s) + " is no whole number of bytes up to 1PiB", "", nil}
	}
	return Size(n), nil
}

// binaryUnit guesses the size that "8KB" or "8 kib" stands for.
func binaryUnit(s string) string {
	number := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	unit := strings.ToLower(strings.TrimSpace(s[len(number):]))
	if !plainNumber.MatchString(number) || unit == "" {
		return ""
	}
	for _, u := range sizeUnits {
		if strings.ToLower(u.unit[:1]) == unit[:1] {
			return number + u.unit
		}
	}
	return ""
}

// fastest bounds the rate, in messages per second.
const fastest = 100_000

func parseRate(s string) (Rate, *misread) {
	number, unit, ok := strings.Cut(s, "/")
	if !ok && plainNumber.MatchString(s) {
		return 0, &misread{quote(s) + " has no unit", s + "/s", rateExamples}
	}
	per := map[string]float64{"s": 1, "m": 60}[unit]
	if per == 0 || !plainNumber.MatchString(number) {
		return 0, &misread{quote(s) + " is no rate", "", rateExamples}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n/per > fastest {
		return 0, &misread{quote(s) + " is more than 100000/s", "", nil}
	}
	return Rate(n / per), nil
}

func parseAmount(s string) (Amount, *misread) {
	number, percent := strings.CutSuffix(s, "%")
	if percent {
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || !plainNumber.MatchString(number) || n > 100 {
			return Amount{}, &misread{quote(s) + " is no percentage from 0% to 100%", "", amountExamples}
		}
		return Amount{Value: n, Percent: true}, nil
	}
	n, err := strconv.ParseUint(s, 10, 32)
	if err == nil {
		return Amount{Value: float64(n)}, nil
	}
	if plainNumber.MatchString(s) {
		return Amount{}, &misread{quote(s) + " is no whole number; a share carries %", s + "%", amountExamples}
	}
	return Amount{}, &misread{quote(s) + " is neither a number of copies nor a percentage", "", amountExamples}
}

// String gives the shortest form that Parse reads, for instance "1m" or "250ms".
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// String gives the size in the largest unit that leaves a whole number.
func (s Size) String() string {
	for _, u := range sizeUnits {
		if n := int64(s); n >= u.bytes && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.unit
		}
	}
	return strconv.FormatInt(int64(s), 10) + "B"
}

// String gives the rate per second.
func (r Rate) String() string { return decimal(float64(r)) + "/s" }

// String gives the number, with a percent sign if it is a share.
func (a Amount) String() string {
	if a.Percent {
		return decimal(a.Value) + "%"
	}
	return decimal(a.Value)
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

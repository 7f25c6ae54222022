package servers

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/docker/spool"
	"maildrill/harness/topology"
)

// ParseEximQueue reads what `exim4 -bp` prints (Exim specification, 5.2 and
// 54.1): age, size, id and sender of a message, then a line for each recipient, of
// whom those served have a "D". An empty text is an empty queue.
func ParseEximQueue(out []byte) ([]topology.Queued, error) {
	var queued []topology.Queued
	var message topology.Queued
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) == 0 || fields[0] == "D":
		case len(fields) == 1 && message.ID != "":
			one := message
			one.Recipient = fields[0]
			queued = append(queued, one)
		case len(fields) >= 3 && strings.HasPrefix(fields[2], "<"): // its data are gone meanwhile, and their size
			message = eximMessage(slices.Insert(fields, 1, ""))
		case len(fields) >= 4 && strings.HasPrefix(fields[3], "<"):
			message = eximMessage(fields)
		default:
			return nil, fmt.Errorf("read the output of exim -bp: line %q", lines.Text())
		}
	}
	return queued, nil
}

// eximMessage reads the first line of a message.
func eximMessage(fields []string) topology.Queued {
	m := topology.Queued{ID: fields[2], Queue: "input", Sender: strings.Trim(fields[3], "<>"), Arrived: spool.EximTime(fields[2])}
	if len(fields) > 4 {
		m.Reason = strings.Trim(strings.Join(fields[4:], " "), "* ") // "*** frozen ***"
	}
	return m
}

package servers

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// StatsPort is where a rendered HAProxy answers on its command line (HAProxy
// Management Guide, 9.3), on the drill's network only, to readers only.
const StatsPort = 8404

// ShowStat asks for the servers of every proxy, and for nothing else: all
// proxies (-1), objects of the kind server (4), all servers (-1).
const ShowStat = "show stat -1 4 -1\n"

// statsLine makes HAProxy listen there; a haproxy.cfg of the user's that has it
// is asked too.
var statsLine = fmt.Sprintf("stats socket ipv4@*:%d level user", StatsPort)

// BackendStat is what HAProxy says of one server behind it.
type BackendStat struct {
	Proxy, Server string
	Up            bool   // it gets connections
	Status, Check string // in HAProxy's words: "DOWN", "L4TOUT"
}

// ParseStat reads the answer to [ShowStat], which is CSV with a header
// (HAProxy Management Guide, 9.1). Servers that are not checked are left out:
// nobody looks at them.
func ParseStat(answer io.Reader) ([]BackendStat, error) {
	rows := csv.NewReader(answer)
	rows.FieldsPerRecord = -1 // each row ends with a comma, the header in some versions not
	head, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read HAProxy's statistics: %w", err)
	}
	columns := [4]int{}
	for i, name := range []string{"# pxname", "svname", "status", "check_status"} {
		if columns[i] = slices.Index(head, name); columns[i] < 0 {
			return nil, fmt.Errorf("read HAProxy's statistics: no column %q in %q", name, strings.Join(head, ","))
		}
	}
	var found []BackendStat
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil || len(row) <= slices.Max(columns[:]) {
			return nil, fmt.Errorf("read HAProxy's statistics: row %q is cut short: %w", strings.Join(row, ","), orShort(err))
		}
		s := BackendStat{Proxy: row[columns[0]], Server: row[columns[1]], Status: row[columns[2]], Check: row[columns[3]]}
		// "UP 1/2" still gets connections, "DOWN 1/2" does not yet.
		s.Up = strings.HasPrefix(s.Status, "UP")
		if s.Status != "no check" {
			found = append(found, s)
		}
	}
}

func orShort(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}

package netrules

import (
	"fmt"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
)

// found is what is there of ours; both are nil where nothing is.
type found struct {
	table *nftables.Table
	set   *nftables.Set
}

// find looks for our table by name: asking for a table that is not there is
// an error of the kernel's that cannot be told from others.
func find(c *nftables.Conn, name string) (found, error) {
	tables, err := c.ListTablesOfFamily(nftables.TableFamilyINet)
	if err != nil {
		return found{}, fmt.Errorf("list tables: %w", err)
	}
	for _, t := range tables {
		if t.Name != name {
			continue
		}
		set, err := c.GetSetByName(t, setName)
		if err != nil {
			return found{}, fmt.Errorf("find set %s: %w", setName, err)
		}
		return found{table: t, set: set}, nil
	}
	return found{}, nil
}

// dropped sums the counters of both directions.
func dropped(c *nftables.Conn, f found) (uint64, error) {
	var packets uint64
	for _, name := range []string{"input", "output"} {
		rules, err := c.GetRules(f.table, &nftables.Chain{Name: name, Table: f.table})
		if err != nil {
			return 0, fmt.Errorf("list rules of %s: %w", name, err)
		}
		for _, r := range rules {
			for _, e := range r.Exprs {
				if counter, ok := e.(*expr.Counter); ok {
					packets += counter.Packets
				}
			}
		}
	}
	return packets, nil
}

package docker

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"maildrill/harness/topology"
)

var (
	_ topology.Renewer = heldNode{}
	_ topology.Renewer = node{}
)

// Renew implements topology.Renewer.
func (i *insides) Renew(ctx context.Context, valid time.Duration) (string, error) {
	p := i.system.operators.latest(i.planned)
	files, err := p.server.Renewed(p.Node, valid)
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("it has none that was made for it")
	}
	if err == nil {
		err = copyInto(ctx, i.system.cli, p.container, p.container, files)
	}
	if err != nil {
		return "", fmt.Errorf("renew the certificate of %s: %w", i.Name(), err)
	}
	end := time.Now().Add(valid).UTC().Format(time.RFC3339)
	return fmt.Sprintf("a certificate for %s until %s, in %s", p.Host, end, strings.Join(slices.Sorted(maps.Keys(files)), ", ")), nil
}

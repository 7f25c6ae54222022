package keeper

import (
	"context"
	"errors"

	"maildrill/faults"
)

// grants is the mechanism [faults.Limits]: what the kernel grants the node's
// control group, what single processes, and what it kills.
type grants struct {
	groups *limits
	files  *fileLimits
	kills  *starvation
}

func newGrants() *grants {
	groups := &limits{}
	return &grants{groups: groups, files: &fileLimits{}, kills: &starvation{groups: groups}}
}

func (g *grants) put(ctx context.Context, n node, r faults.Rule) error {
	var spec faults.LimitSpec
	if err := r.Decode(&spec); err != nil {
		return err
	}
	switch spec.Resource {
	case faults.FDs:
		return g.files.put(ctx, n, r, spec)
	case faults.OOM:
		return g.kills.put(ctx, n, r, spec)
	}
	return g.groups.put(ctx, n, r)
}

func (g *grants) take(ctx context.Context, n node, id string) error {
	g.kills.take(n, id)
	return errors.Join(g.files.take(ctx, n, id), g.groups.take(ctx, n, id))
}

func (g *grants) rules(ctx context.Context, n node) ([]faults.Standing, error) {
	files := append(g.kills.rules(n), g.files.rules(n)...)
	groups, err := g.groups.rules(ctx, n)
	return append(files, groups...), err
}

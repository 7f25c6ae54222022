package action

import (
	"slices"

	"maildrill/faults"
)

var grace = faults.Param{Name: "grace", Type: "duration", Default: "10s", Doc: "how long the server has to end in order before it is killed"}

var script = faults.Param{Name: "script", Type: "string", Default: "(required)", Doc: "for sh -c in the node"}

// Kinds lists every kind of action.
var Kinds = slices.Concat([]Kind{
	{
		ID: "flush", Title: "Try the whole queue now", Aim: AtNodes, New: newFlush,
		Does: "postqueue -f, or what the server has in its place; over when the server has taken the order",
	},
	{
		ID: "stop", Title: "Shut a server down in order", Aim: AtNodes, New: newStop, Life: true,
		Params: []faults.Param{grace}, Needs: []faults.Ability{faults.CanStop},
		Does: "SIGTERM, after the grace SIGKILL; over when the server has ended. It stays down until it is started",
	},
	{
		ID: "start", Title: "Start a server", Aim: AtNodes, New: newStart, Life: true,
		Needs: []faults.Ability{faults.CanStart},
		Does:  "what was stopped is started; over when the node is ready by real dialogue",
	},
	{
		ID: "restart", Title: "Restart servers, one after the other", Aim: AtNodes, New: newRestart, Life: true,
		Params: []faults.Param{grace}, Needs: []faults.Ability{faults.CanStop, faults.CanStart},
		Does: "stop and start; each node is ready by real dialogue before the next is stopped (a rolling restart)",
	},
	{
		ID: "upgrade", Title: "Change a server's image or configuration for good", Aim: AtNodes, New: newUpgrade, Life: true,
		Params: []faults.Param{
			{Name: "image", Type: "string", Default: "the same", Doc: "kind of server image, with a release of Debian (postfix:trixie), or any image that the engine has or can pull"},
			{Name: "settings", Type: "map", Default: "the same", Doc: "parameters of the server's main configuration, over those of the topology"},
			{Name: "files", Type: "map", Default: "the same", Doc: "files of the node by absolute path, over those of the topology"},
			grace,
		},
		Needs: []faults.Ability{CanUpgrade},
		Does:  "the server is shut down in order, its container is made anew with its volumes, its address and its name; each node is ready by real dialogue before the next",
	},
}, scriptKinds, []Kind{
	renewKind,
	{
		ID: "promote", Title: "Make a replica the one that is used", Aim: AtNode, New: newPromote,
		Params: []faults.Param{
			{Name: "from", Type: "string", Default: "(required)", Doc: "node whose names are to lead here"},
			{Name: "script", Type: "string", Default: "none", Doc: "for sh -c in the node, before the names are changed; it must end with 0"},
		},
		Does: "the script runs, then the drill's name server leads every name of the other node here (A and AAAA; time to live as declared, so caches go on as long as they may). A node that is promoted after another has taken its names gets those back and no others",
	},
	{
		ID: "scale-out", Title: "Add nodes that stood by", Aim: AtNodes, New: newScaleOut, Life: true,
		Needs: []faults.Ability{faults.CanStart},
		Does:  "nodes with `standby: true` are started; over when each is ready by real dialogue",
	},
	{
		ID: "wait", Title: "Wait until something holds", Aim: AtAny, New: newWait,
		Params: []faults.Param{
			{Name: "until", Type: "condition", Default: "(or ready)", Doc: "as `when:` of a step: \"queue == 0\""},
			{Name: "ready", Type: "bool", Default: "false", Doc: "until the nodes in `on` are ready by real dialogue"},
		},
		Does: "over when the condition holds; a time-out is a failure",
	},
	{
		ID: "announce", Title: "Tell people", Aim: AtNothing, New: newAnnounce,
		Params: []faults.Param{{Name: "text", Type: "string", Default: "(required)", Doc: "what is said"}},
		Does:   "the text is shown and noted with its time",
	},
	{
		ID: "manual", Title: "Let a person do something", Aim: AtNothing, New: newManual,
		Params: []faults.Param{{Name: "text", Type: "string", Default: "(required)", Doc: "what is to be done"}},
		Does:   "the text is shown; over when somebody acknowledges it, with Enter on the terminal of the run or with `maildrill ack RUN STEP`. A time-out is a failure",
	},
})

// Package svg draws figures as SVG elements to be put into an HTML page.
//
// What it promises to the page:
//
//   - Every colour is a CSS variable, one for each ink: "--ink-good". The page
//     says what they are; [Light], [Dark] and [Grey] are palettes to begin with.
//   - Every id in it begins with "fig-" and the figure's own.
//   - A part that lies on the axis of time is a g element of the class "scroll".
//     The svg element says where the axis is: data-left and data-right in its own
//     units, data-from and data-to in seconds. To stretch the axis, move in each
//     such part the x after every capital M and L of a path, and the x of every
//     text: all else is relative to those, and keeps its shape.
//   - Texts are escaped, and harmless: see [words.Plain].
//   - The same figure gives the same bytes.
package svg

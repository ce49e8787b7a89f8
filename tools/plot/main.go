// Command plot draws what tools/bench has measured:
//
//	plot report.json report.png
//	plot stamps simulated.csv measured.csv stamps.png
package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

func main() {
	var err error
	switch arguments := os.Args[1:]; {
	case len(arguments) == 2:
		err = run(arguments[0], arguments[1])
	case len(arguments) == 4 && arguments[0] == "stamps":
		err = stamps(arguments[1], arguments[2], arguments[3])
	default:
		fmt.Fprintln(os.Stderr, "usage: plot report.json report.png | plot stamps simulated.csv measured.csv stamps.png")
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "plot:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	r, err := read(from)
	if err != nil {
		return err
	}
	var tiles [][]*plot.Plot
	for _, row := range [][]panel{
		{r.processor(), r.latency(), r.loss()},
		{r.publishing(), r.subscribers(), r.rate()},
	} {
		var plots []*plot.Plot
		for _, p := range row {
			drawn, err := p.plot()
			if err != nil {
				return fmt.Errorf("%s: %w", p.title, err)
			}
			plots = append(plots, drawn)
		}
		tiles = append(tiles, plots)
	}
	return save(tiles, to)
}

// panel is one diagram.
type panel struct {
	title, x, y string
	logarithmic bool
	curves      []curve
}

// curve is medians with the least and the most of all runs.
type curve struct {
	name   string
	points []point
}

// plot draws the panel.
func (p panel) plot() (*plot.Plot, error) {
	drawn := plot.New()
	drawn.Title.Text, drawn.X.Label.Text, drawn.Y.Label.Text = p.title, p.x, p.y
	drawn.Title.TextStyle.Font.Size = vg.Points(13)
	drawn.Title.Padding = vg.Points(6)
	drawn.Legend.Top, drawn.Legend.Left = true, true
	drawn.Legend.Padding = vg.Points(2)
	drawn.Add(plotter.NewGrid())
	for i, c := range p.curves {
		if len(c.points) == 0 {
			continue
		}
		line, points, err := plotter.NewLinePoints(c)
		if err != nil {
			return nil, err
		}
		line.Color, points.Color = plotutil.Color(i), plotutil.Color(i)
		points.Shape = draw.CircleGlyph{}
		bars, err := plotter.NewYErrorBars(c)
		if err != nil {
			return nil, err
		}
		bars.Color = plotutil.Color(i)
		drawn.Add(line, points, bars)
		drawn.Legend.Add(c.name, line, points)
	}
	if p.logarithmic {
		drawn.X.Scale, drawn.X.Tick.Marker = plot.LogScale{}, sizeTicks{}
		drawn.Y.Scale, drawn.Y.Tick.Marker = plot.LogScale{}, decadeTicks{}
		drawn.Y.Max *= 1 + 1.5*float64(len(p.curves)) // room for the legend
	} else {
		drawn.X.Min, drawn.Y.Min = 0, 0
		drawn.Y.Max *= 1.25
	}
	return drawn, nil
}

// Len, XY and YError make a curve what package plotter draws.
func (c curve) Len() int                { return len(c.points) }
func (c curve) XY(i int) (x, y float64) { return c.points[i].x, c.points[i].median }
func (c curve) YError(i int) (low, high float64) {
	p := c.points[i]
	return p.median - p.least, p.most - p.median
}

// sizeTicks marks the sizes of images on an axis of pixels.
type sizeTicks struct{}

func (sizeTicks) Ticks(_, _ float64) []plot.Tick {
	return []plot.Tick{
		{Value: 320 * 240, Label: "320x240"}, {Value: 640 * 480, Label: "640x480"},
		{Value: 1280 * 720, Label: "720p"}, {Value: 1920 * 1080, Label: "1080p"},
		{Value: 3840 * 2160, Label: "2160p"},
	}
}

// decadeTicks marks 1, 2 and 5 of each power of ten.
type decadeTicks struct{}

func (decadeTicks) Ticks(least, most float64) (ticks []plot.Tick) {
	for decade := math.Pow(10, math.Floor(math.Log10(least))); decade <= most; decade *= 10 {
		for _, step := range []float64{1, 2, 5} {
			if value := step * decade; value >= least && value <= most {
				ticks = append(ticks, plot.Tick{Value: value, Label: strconv.FormatFloat(value, 'g', 4, 64)})
			}
		}
	}
	return ticks
}

// save writes the diagrams, row by row, as one picture.
func save(plots [][]*plot.Plot, path string) (err error) {
	canvas := vgimg.New(vg.Length(len(plots[0]))*13*vg.Centimeter, vg.Length(len(plots))*10*vg.Centimeter)
	const gap = 6 * vg.Millimeter
	tiles := draw.Tiles{
		Rows: len(plots), Cols: len(plots[0]),
		PadX: gap, PadY: gap, PadTop: gap, PadBottom: gap, PadLeft: gap, PadRight: gap,
	}
	for row, cells := range plot.Align(plots, tiles, draw.New(canvas)) {
		for column, cell := range cells {
			plots[row][column].Draw(cell)
		}
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = vgimg.PngCanvas{Canvas: canvas}.WriteTo(file)
	return err
}

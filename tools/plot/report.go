package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// report is the part of report.json that is drawn.
type report struct {
	Sections []section
	Go       []benchmark
}

type section struct {
	Title string
	Cases []result
}

// result is one case and what each of its runs gave.
type result struct {
	Parameters struct {
		Transport   string
		Width       float64
		Height      float64
		Rate        float64
		Subscribers *float64 // nil for one
	}
	Runs []map[string]float64
}

type benchmark struct {
	Name   string
	Values map[string]float64
}

// point is a quantity of one case.
type point struct{ x, median, least, most float64 }

func read(path string) (*report, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := new(report)
	return r, json.Unmarshal(text, r)
}

// curve collects a quantity of those cases of a section that x accepts.
func (r *report) curve(name, title, quantity string, x func(result) (float64, bool)) curve {
	c := curve{name: name}
	for _, s := range r.Sections {
		if s.Title != title {
			continue
		}
		for _, one := range s.Cases {
			at, wanted := x(one)
			var values []float64
			for _, run := range one.Runs {
				if value, ok := run[quantity]; ok {
					values = append(values, value)
				}
			}
			if !wanted || len(values) == 0 {
				continue
			}
			slices.Sort(values)
			c.points = append(c.points, point{at, median(values), values[0], values[len(values)-1]})
		}
	}
	slices.SortFunc(c.points, func(a, b point) int { return cmp.Compare(a.x, b.x) })
	return c
}

// median returns the median of sorted values.
func median(values []float64) float64 {
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}

// on returns the pixels of the cases of a transport.
func on(transport string) func(result) (float64, bool) {
	return func(one result) (float64, bool) {
		nobody := one.Parameters.Subscribers != nil
		return one.Parameters.Width * one.Parameters.Height, one.Parameters.Transport == transport && !nobody
	}
}

const (
	overSize   = "reliable, over size"
	bestEffort = "best effort, over size"
)

func (r *report) processor() panel {
	return panel{"CPU of the publisher, reliable", "image", "s per 1000 images", true, []curve{
		r.curve("default transport", overSize, "cpu", on("default")),
		r.curve("ours", overSize, "cpu", on("ours")),
		r.curve("nobody subscribes: drawing", overSize, "cpu", func(one result) (float64, bool) {
			return one.Parameters.Width * one.Parameters.Height, one.Parameters.Subscribers != nil
		}),
	}}
}

func (r *report) latency() panel {
	return panel{"Latency to rclpy, reliable", "image", "ms", true, []curve{
		r.curve("default transport, p99", overSize, "p99", on("default")),
		r.curve("default transport, p50", overSize, "p50", on("default")),
		r.curve("ours, p99", overSize, "p99", on("ours")),
		r.curve("ours, p50", overSize, "p50", on("ours")),
	}}
}

func (r *report) loss() panel {
	p := panel{"Lost at 30 images/s, best effort", "image", "%", false, []curve{
		r.curve("default transport", bestEffort, "lost", on("default")),
		r.curve("ours", bestEffort, "lost", on("ours")),
	}}
	for _, c := range p.curves {
		for i := range c.points {
			c.points[i].x /= 1e6
		}
	}
	p.x = "megapixels"
	return p
}

// publishing compares publish() with a plain type support's.
func (r *report) publishing() panel {
	p := panel{title: "publish() of one image", x: "image", y: "ms", logarithmic: true, curves: []curve{
		{name: "plain type support"}, {name: "ours"},
	}}
	for _, b := range r.Go {
		size, found := strings.CutPrefix(b.Name, "AgainstPlainTypeSupport/")
		var width, height float64
		if _, err := fmt.Sscanf(size, "%gx%g", &width, &height); !found || err != nil {
			continue
		}
		for i, unit := range []string{"plain-ms", "ours-ms"} {
			value := b.Values[unit]
			p.curves[i].points = append(p.curves[i].points, point{width * height, value, value, value})
		}
	}
	return p
}

func (r *report) subscribers() panel {
	return panel{"CPU over subscribers, 1920x1080", "subscribers", "s per 1000 images", false, []curve{
		r.curve("ours", "1920x1080, over subscribers", "cpu", func(one result) (float64, bool) {
			if one.Parameters.Subscribers == nil {
				return 0, false
			}
			return *one.Parameters.Subscribers, true
		}),
	}}
}

func (r *report) rate() panel {
	return panel{"CPU over rate, 640x480", "images per second", "% of a core", false, []curve{
		r.curve("ours", "640x480, over rate", "core", func(one result) (float64, bool) {
			return one.Parameters.Rate, one.Parameters.Rate > 0
		}),
	}}
}

package param_test

import (
	"fmt"
	"os"

	"av_capture/src/internal/param"
)

func Example() {
	table := param.NewTable([]param.Declaration{{
		Name:        "framerate",
		Default:     param.Double(30),
		Description: "Images to ask the camera for [images/s].",
		Range:       param.DoubleRange{From: 1, To: 240},
	}, {
		Name:        "pixel_format",
		Default:     param.String("bgr8"),
		Description: "Encoding of the images.",
		Choices:     param.OneOf("bgr8", "rgb8"),
		Aliases:     map[string]string{"mjpeg2rgb": "rgb8"},
		ReadOnly:    true,
	}})

	// Package override makes this of the process's arguments.
	file := param.Origin{File: "config.yaml"}
	overrides := &param.Overrides{Sections: []param.Section{{Node: "camera", Parameters: []param.Override{
		{Name: "framerate", Value: param.Int(60), Origin: file},
		{Name: "pixel_formt", Value: param.String("rgb8"), Origin: file},
	}}}}
	_, warnings, err := table.Resolve("/camera", overrides)
	fmt.Println(err)
	fmt.Println(warnings[0])

	set, err := table.Defaults().With(map[string]param.Value{"framerate": param.Double(15)})
	fmt.Println(set.Double("framerate"), err)
	if err := param.WriteYAML(os.Stdout, "camera", table); err != nil {
		fmt.Println(err)
	}
	// Output:
	// parameter "framerate" of node /camera in config.yaml: got integer 60, want double: write 60.0
	// parameter "pixel_formt" in config.yaml has no effect: node /camera has no such parameter; did you mean pixel_format?
	// 15 <nil>
	// camera:
	//   ros__parameters:
	//     # Images to ask the camera for [images/s].
	//     # Type double, 1.0 to 240.0.
	//     framerate: 30.0
	//
	//     # Encoding of the images.
	//     # Type string, one of "bgr8", "rgb8", read-only.
	//     # Other words: "mjpeg2rgb" = "rgb8".
	//     pixel_format: "bgr8"
}

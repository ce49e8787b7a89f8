package gogen

import "testing"

func TestHeaderNameIsThatOfRosidl(t *testing.T) {
	for name, want := range map[string]string{
		"Image":              "image",
		"CameraInfo":         "camera_info",
		"NavSatFix":          "nav_sat_fix",
		"MultiDOFJointState": "multi_dof_joint_state",
		"PointCloud2":        "point_cloud2",
		"UInt8MultiArray":    "u_int8_multi_array",
		"ColorRGBA":          "color_rgba",
		"Float32":            "float32",
		"Point32":            "point32",
		"RGBImage2D":         "rgb_image2_d",
	} {
		if got := headerName(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestFieldNamesAreUnique(t *testing.T) {
	d, err := parseMessage("own", "M", "M.msg", "int8 frame_id\nint8 a_1\nint8 a1\nint8 clone\nint8 set_defaults\nint8 type\nint8 x_2d_\n")
	if err != nil {
		t.Fatal(err)
	}
	names := nameFields(d)
	for i, want := range []string{"FrameId", "A1", "A1_", "Clone_", "SetDefaults_", "Type", "X2d"} {
		if got := names[d.Fields[i]]; got != want {
			t.Errorf("%s: got %s, want %s", d.Fields[i].Name, got, want)
		}
	}
}

func TestTypesKeepTheirNamesWhereDerivedNamesCollide(t *testing.T) {
	scan, newScan, c := &definition{Name: "Scan"}, &definition{Name: "NewScan"}, &definition{Name: "C"}
	names, _ := nameMessages([]*definition{scan, newScan, c}, nil)
	for _, n := range []struct{ got, want string }{
		{names[scan].Type, "Scan"},
		{names[scan].New, "NewScan_"},
		{names[newScan].Type, "NewScan"},
		{names[newScan].New, "NewNewScan"},
		{names[c].Type, "C_"},
	} {
		if n.got != n.want {
			t.Errorf("got %s, want %s", n.got, n.want)
		}
	}
}

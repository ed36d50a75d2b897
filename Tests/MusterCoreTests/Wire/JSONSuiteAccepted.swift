import MusterCore

extension JSONSuite {
    /// The texts of the suite that are read, with what they mean.
    static let accepted: [(name: String, text: Bytes, value: JSON)] = [
        ("y_array_arraysWithSpaces", #"[[]   ]"#, [[]]),
        ("y_array_empty-string", #"[""]"#, [""]),
        ("y_array_empty", #"[]"#, []),
        ("y_array_ending_with_newline", #"["a"]"#, ["a"]),
        ("y_array_false", #"[false]"#, [false]),
        ("y_array_heterogeneous", #"[null, 1, "1", {}]"#, [nil, 1, "1", [:]]),
        ("y_array_null", #"[null]"#, [nil]),
        ("y_array_with_1_and_newline", #"[1\#u{A}]"#, [1]),
        ("y_array_with_leading_space", #" [1]"#, [1]),
        ("y_array_with_several_null", #"[1,null,null,null,2]"#, [1, nil, nil, nil, 2]),
        ("y_array_with_trailing_space", #"[2] "#, [2]),
        ("y_number_after_space", #"[ 4]"#, [4]),
        ("y_number_negative_int", #"[-123]"#, [-123]),
        ("y_number_negative_one", #"[-1]"#, [-1]),
        ("y_number_simple_int", #"[123]"#, [123]),
        ("y_object", #"{"asd":"sdf", "dfg":"fgh"}"#, ["asd": "sdf", "dfg": "fgh"]),
        ("y_object_basic", #"{"asd":"sdf"}"#, ["asd": "sdf"]),
        ("y_object_empty", #"{}"#, [:]),
        ("y_object_empty_key", #"{"":0}"#, ["": 0]),
        ("y_object_escaped_null_in_key", #"{"foo\u0000bar": 42}"#, ["foo\u{0}bar": 42]),
        (
            "y_object_long_strings",
            Bytes(
                stringLiteral: #"{"x":[{"id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}], "#
                    + #""id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#),
            [
                "x": [["id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]],
                "id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            ]
        ),
        ("y_object_simple", #"{"a":[]}"#, ["a": []]),
        (
            "y_object_string_unicode",
            Bytes(
                stringLiteral: #"{"title":"\u041f\u043e\u043b\u0442\u043e\u0440\u0430 "#
                    + #"\u0417\u0435\u043c\u043b\u0435\u043a\u043e\u043f\u0430" }"#),
            ["title": "Полтора Землекопа"]
        ),
        ("y_object_with_newlines", #"{\#u{A}"a": "b"\#u{A}}"#, ["a": "b"]),
        ("y_string_1_2_3_bytes_UTF-8_sequences", #"["\u0060\u012a\u12AB"]"#, ["`\u{12A}\u{12AB}"]),
        ("y_string_accepted_surrogate_pair", #"["\uD801\udc37"]"#, ["\u{10437}"]),
        (
            "y_string_accepted_surrogate_pairs", #"["\ud83d\ude39\ud83d\udc8d"]"#,
            ["\u{1F639}\u{1F48D}"]
        ),
        ("y_string_allowed_escapes", #"["\"\\\/\b\f\n\r\t"]"#, ["\"\\/\u{8}\u{C}\u{A}\u{D}\u{9}"]),
        ("y_string_backslash_and_u_escaped_zero", #"["\\u0000"]"#, ["\\u0000"]),
        ("y_string_backslash_doublequotes", #"["\""]"#, ["\""]),
        ("y_string_comments", #"["a/*b*/c/*d//e"]"#, ["a/*b*/c/*d//e"]),
        ("y_string_double_escape_a", #"["\\a"]"#, ["\\a"]),
        ("y_string_double_escape_n", #"["\\n"]"#, ["\\n"]),
        ("y_string_escaped_control_character", #"["\u0012"]"#, ["\u{12}"]),
        ("y_string_escaped_noncharacter", #"["\uFFFF"]"#, ["\u{FFFF}"]),
        ("y_string_in_array", #"["asd"]"#, ["asd"]),
        ("y_string_in_array_with_leading_space", #"[ "asd"]"#, ["asd"]),
        ("y_string_last_surrogates_1_and_2", #"["\uDBFF\uDFFF"]"#, ["\u{10FFFF}"]),
        ("y_string_nbsp_uescaped", #"["new\u00A0line"]"#, ["new\u{A0}line"]),
        ("y_string_nonCharacterInUTF-8_U+10FFFF", #"["\#u{10FFFF}"]"#, ["\u{10FFFF}"]),
        ("y_string_nonCharacterInUTF-8_U+FFFF", #"["\#u{FFFF}"]"#, ["\u{FFFF}"]),
        ("y_string_null_escape", #"["\u0000"]"#, ["\u{0}"]),
        ("y_string_one-byte-utf-8", #"["\u002c"]"#, [","]),
        ("y_string_pi", #"["\#u{3C0}"]"#, ["\u{3C0}"]),
        ("y_string_reservedCharacterInUTF-8_U+1BFFF", #"["\#u{1BFFF}"]"#, ["\u{1BFFF}"]),
        ("y_string_simple_ascii", #"["asd "]"#, ["asd "]),
        ("y_string_space", #"" ""#, " "),
        ("y_string_surrogates_U+1D11E_MUSICAL_SYMBOL_G_CLEF", #"["\uD834\uDd1e"]"#, ["\u{1D11E}"]),
        ("y_string_three-byte-utf-8", #"["\u0821"]"#, ["\u{821}"]),
        ("y_string_two-byte-utf-8", #"["\u0123"]"#, ["\u{123}"]),
        ("y_string_u+2028_line_sep", #"["\#u{2028}"]"#, ["\u{2028}"]),
        ("y_string_u+2029_par_sep", #"["\#u{2029}"]"#, ["\u{2029}"]),
        ("y_string_uEscape", #"["\u0061\u30af\u30EA\u30b9"]"#, ["a\u{30AF}\u{30EA}\u{30B9}"]),
        ("y_string_uescaped_newline", #"["new\u000Aline"]"#, ["new\u{A}line"]),
        ("y_string_unescaped_char_delete", #"["\#u{7F}"]"#, ["\u{7F}"]),
        ("y_string_unicode", #"["\uA66D"]"#, ["\u{A66D}"]),
        ("y_string_unicodeEscapedBackslash", #"["\u005C"]"#, ["\\"]),
        ("y_string_unicode_2", #"["\#u{2342}\#u{3234}\#u{2342}"]"#, ["\u{2342}\u{3234}\u{2342}"]),
        ("y_string_unicode_U+10FFFE_nonchar", #"["\uDBFF\uDFFE"]"#, ["\u{10FFFE}"]),
        ("y_string_unicode_U+1FFFE_nonchar", #"["\uD83F\uDFFE"]"#, ["\u{1FFFE}"]),
        ("y_string_unicode_U+200B_ZERO_WIDTH_SPACE", #"["\u200B"]"#, ["\u{200B}"]),
        ("y_string_unicode_U+2064_invisible_plus", #"["\u2064"]"#, ["\u{2064}"]),
        (
            "y_string_unicode_U+FDD0_nonchar", #"["\uFDD0"]"#,
            [.string(String(decoding: [0xEF, 0xB7, 0x90] as [UInt8], as: UTF8.self))]
        ),
        ("y_string_unicode_U+FFFE_nonchar", #"["\uFFFE"]"#, ["\u{FFFE}"]),
        ("y_string_unicode_escaped_double_quote", #"["\u0022"]"#, ["\""]),
        ("y_string_utf8", #"["\#u{20AC}\#u{1D11E}"]"#, ["\u{20AC}\u{1D11E}"]),
        ("y_string_with_del_character", #"["a\#u{7F}a"]"#, ["a\u{7F}a"]),
        ("y_structure_lonely_false", #"false"#, false),
        ("y_structure_lonely_int", #"42"#, 42),
        ("y_structure_lonely_null", #"null"#, nil),
        ("y_structure_lonely_string", #""asd""#, "asd"),
        ("y_structure_lonely_true", #"true"#, true),
        ("y_structure_string_empty", #""""#, ""),
        ("y_structure_trailing_newline", #"["a"]\#u{A}"#, ["a"]),
        ("y_structure_true_in_array", #"[true]"#, [true]),
        ("y_structure_whitespace_array", #" [] "#, []),
    ]
}

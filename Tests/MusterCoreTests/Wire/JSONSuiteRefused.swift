import MusterCore

extension JSONSuite {
    /// What other parsers read and this protocol does not: fractions, exponents, -0, names twice.
    static let stricter: [Case] = [
        Case("y_number", #"[123e65]"#, .notAnInteger),
        Case("y_number_0e+1", #"[0e+1]"#, .notAnInteger),
        Case("y_number_0e1", #"[0e1]"#, .notAnInteger),
        Case("y_number_int_with_exp", #"[20e1]"#, .notAnInteger),
        Case("y_number_real_capital_e", #"[1E22]"#, .notAnInteger),
        Case("y_number_real_capital_e_neg_exp", #"[1E-2]"#, .notAnInteger),
        Case("y_number_real_capital_e_pos_exp", #"[1E+2]"#, .notAnInteger),
        Case("y_number_real_exponent", #"[123e45]"#, .notAnInteger),
        Case("y_number_real_fraction_exponent", #"[123.456e78]"#, .notAnInteger),
        Case("y_number_real_neg_exp", #"[1e-2]"#, .notAnInteger),
        Case("y_number_real_pos_exponent", #"[1e+2]"#, .notAnInteger),
        Case("y_number_simple_real", #"[123.456789]"#, .notAnInteger),
        Case(
            "y_number_double_close_to_zero",
            #"[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]\#u{A}"#,
            .notAnInteger),
        Case("y_number_minus_zero", #"[-0]"#, .negativeZero),
        Case("y_number_negative_zero", #"[-0]"#, .negativeZero),
        Case("y_object_duplicated_key", #"{"a":"b","a":"c"}"#, .duplicateName),
        Case("y_object_duplicated_key_and_value", #"{"a":"b","a":"b"}"#, .duplicateName),
        Case("y_object_extreme_numbers", #"{ "min": -1.0e+28, "max": 1.0e+28 }"#, .notAnInteger),
        Case("y_structure_lonely_negative_real", #"-0.1"#, .notAnInteger),
    ]

    /// Texts that are too long to write out: all of them nest too deep.
    static let deep: [Case] = [
        Case("i_structure_500_nested_arrays", deep("[", 500, "]"), .tooDeep),
        Case("n_structure_100000_opening_arrays", deep("[", 100_000, ""), .tooDeep),
        Case("n_structure_open_array_object", deep(#"[{"":"#, 50_000, "\n"), .tooDeep),
    ]

    private static func deep(_ open: String, _ count: Int, _ close: String) -> Bytes {
        let closes = close == "]" ? count : 1
        return Bytes(
            stringLiteral: String(repeating: open, count: count)
                + String(repeating: close, count: closes))
    }

    /// What the suite leaves to the parser.
    static let left: [Case] = [
        Case("i_number_double_huge_neg_exp", #"[123.456e-789]"#, .notAnInteger),
        Case(
            "i_number_huge_exp",
            Bytes(
                stringLiteral: "[0.4e00669" + String(repeating: "9", count: 114) + "969999999006]"),
            .notAnInteger),
        Case("i_number_neg_int_huge_exp", #"[-1e+9999]"#, .notAnInteger),
        Case("i_number_pos_double_huge_exp", #"[1.5e+9999]"#, .notAnInteger),
        Case("i_number_real_neg_overflow", #"[-123123e100000]"#, .notAnInteger),
        Case("i_number_real_pos_overflow", #"[123123e100000]"#, .notAnInteger),
        Case("i_number_real_underflow", #"[123e-10000000]"#, .notAnInteger),
        Case("i_number_too_big_neg_int", #"[-123123123123123123123123123123]"#, .integerOutOfRange),
        Case("i_number_too_big_pos_int", #"[100000000000000000000]"#, .integerOutOfRange),
        Case(
            "i_number_very_big_negative_int",
            #"[-237462374673276894279832749832423479823246327846]"#, .integerOutOfRange),
        Case("i_object_key_lone_2nd_surrogate", #"{"\uDFAA":0}"#, .loneSurrogate),
        Case("i_string_1st_surrogate_but_2nd_missing", #"["\uDADA"]"#, .loneSurrogate),
        Case("i_string_1st_valid_surrogate_2nd_invalid", #"["\uD888\u1234"]"#, .loneSurrogate),
        Case(
            "i_string_UTF-16LE_with_BOM",
            [0xFF, 0xFE, 0x5B, 0x00, 0x22, 0x00, 0xE9, 0x00, 0x22, 0x00, 0x5D, 0x00],
            .unexpectedByte),
        Case(
            "i_string_UTF-8_invalid_sequence",
            [0x5B, 0x22, 0xE6, 0x97, 0xA5, 0xD1, 0x88, 0xFA, 0x22, 0x5D], .invalidUTF8),
        Case(
            "i_string_UTF8_surrogate_U+D800", [0x5B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x5D],
            .invalidUTF8),
        Case("i_string_incomplete_surrogate_and_escape_valid", #"["\uD800\n"]"#, .loneSurrogate),
        Case("i_string_incomplete_surrogate_pair", #"["\uDd1ea"]"#, .loneSurrogate),
        Case("i_string_incomplete_surrogates_escape_valid", #"["\uD800\uD800\n"]"#, .loneSurrogate),
        Case("i_string_invalid_lonely_surrogate", #"["\ud800"]"#, .loneSurrogate),
        Case("i_string_invalid_surrogate", #"["\ud800abc"]"#, .loneSurrogate),
        Case("i_string_invalid_utf-8", [0x5B, 0x22, 0xFF, 0x22, 0x5D], .invalidUTF8),
        Case("i_string_inverted_surrogates_U+1D11E", #"["\uDd1e\uD834"]"#, .loneSurrogate),
        Case("i_string_iso_latin_1", [0x5B, 0x22, 0xE9, 0x22, 0x5D], .invalidUTF8),
        Case("i_string_lone_second_surrogate", #"["\uDFAA"]"#, .loneSurrogate),
        Case("i_string_lone_utf8_continuation_byte", [0x5B, 0x22, 0x81, 0x22, 0x5D], .invalidUTF8),
        Case(
            "i_string_not_in_unicode_range", [0x5B, 0x22, 0xF4, 0xBF, 0xBF, 0xBF, 0x22, 0x5D],
            .invalidUTF8),
        Case(
            "i_string_overlong_sequence_2_bytes", [0x5B, 0x22, 0xC0, 0xAF, 0x22, 0x5D], .invalidUTF8
        ),
        Case(
            "i_string_overlong_sequence_6_bytes",
            [0x5B, 0x22, 0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF, 0x22, 0x5D], .invalidUTF8),
        Case(
            "i_string_overlong_sequence_6_bytes_null",
            [0x5B, 0x22, 0xFC, 0x80, 0x80, 0x80, 0x80, 0x80, 0x22, 0x5D], .invalidUTF8),
        Case("i_string_truncated-utf-8", [0x5B, 0x22, 0xE0, 0xFF, 0x22, 0x5D], .invalidUTF8),
        Case(
            "i_string_utf16BE_no_BOM",
            [0x00, 0x5B, 0x00, 0x22, 0x00, 0xE9, 0x00, 0x22, 0x00, 0x5D], .unexpectedByte),
        Case(
            "i_string_utf16LE_no_BOM",
            [0x5B, 0x00, 0x22, 0x00, 0xE9, 0x00, 0x22, 0x00, 0x5D, 0x00], .unexpectedByte),
        Case("i_structure_UTF-8_BOM_empty_object", #"\#u{FEFF}{}"#, .byteOrderMark),
    ]
}

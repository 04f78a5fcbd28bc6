import Messages

/// People of whom WeCom's answer is odd (`wecom.md` §3.6, §8).
extension OddPerson {
    static let all = texts + brokenTexts + nobodysFields + statuses + departments + places + others + attributes

    static let texts = [
        OddPerson("a text as a number", #""name":7"#, .text(.displayName, "7")),
        OddPerson("a text as a number with a fraction", #""name":1.50"#, .text(.displayName, "1.50")),
        OddPerson("a text as a long number", #""mobile":13800000000"#, .text(.mobile, "13800000000")),
        OddPerson("a text as a boolean", #""position":true"#, .text(.title, "true")),
        OddPerson("a text that is null", #""name":null"#, .kept(.displayName)),
        OddPerson("a text that is absent", #""alias":"a""#, .kept(.displayName), .text(.alias, "a")),
        OddPerson("a text that is empty", #""name":"""#, .text(.displayName, "")),
        OddPerson("a text as an object", #""name":{"a":1}"#, .kept(.displayName), told: ["name": .wrongType]),
        OddPerson("a text as an empty object", #""name":{}"#, .kept(.displayName), told: ["name": .wrongType]),
        OddPerson("a text as a list", #""name":["Ann"]"#, .kept(.displayName), told: ["name": .wrongType]),
        OddPerson("a text as an empty list", #""email":[]"#, .kept(.email), told: ["email": .wrongType]),
        OddPerson(
            "two bad texts beside a good one",
            #""name":{},"mobile":[1],"email":"a@b.c""#,
            .kept(.displayName),
            .kept(.mobile),
            .text(.email, "a@b.c"),
            told: ["name": .wrongType, "mobile": .wrongType]
        ),
        OddPerson(
            "a text of 3,000 characters",
            #""position":"\#(String(repeating: "x", count: 3_000))""#,
            .kept(.title),
            told: ["position": .tooLong]
        ),
        OddPerson(
            "a text as long as the directory keeps",
            #""position":"\#(String(repeating: "x", count: 2_048))""#,
            .text(.title, String(repeating: "x", count: 2_048))
        ),
        OddPerson(
            "a text that is too long in bytes alone",
            #""position":"\#(String(repeating: "名", count: 683))""#,
            .kept(.title),
            told: ["position": .tooLong]
        ),
        OddPerson("a NUL in a text", #""position":"x\u0000y""#, .kept(.title), told: ["position": .badCharacter]),
        OddPerson(
            "a text that comes twice, once well",
            #""name":{},"name":"Ann""#,
            .text(.displayName, "Ann"),
            told: ["name": .wrongType]
        ),
    ]

    static let brokenTexts = [
        OddPerson("control characters as they are", "\"name\":\"a\u{1}\nb\"", .text(.displayName, "a\u{1}\nb")),
        OddPerson(
            "a NUL as it is",
            "\"name\":\"a\u{0}b\",\"alias\":\"c\"",
            .kept(.displayName),
            .text(.alias, "c"),
            told: ["name": .badCharacter]
        ),
        OddPerson(
            "ill-formed UTF-8",
            bytes: Array(#""name":"a"#.utf8) + [0xFF, 0xC0, 0xAF] + Array("b\"".utf8),
            [.text(.displayName, "a\u{FFFD}\u{FFFD}\u{FFFD}b")]
        ),
        OddPerson(
            "a character that is cut off",
            bytes: Array(#""name":"张"#.utf8) + [0xE4, 0xB8] + Array("\"".utf8),
            [.text(.displayName, "张\u{FFFD}")]
        ),
        OddPerson("a lone half of a pair", #""name":"a\ud83db""#, .text(.displayName, "a\u{FFFD}b")),
        OddPerson("the other half alone", #""name":"\ude00""#, .text(.displayName, "\u{FFFD}")),
        OddPerson("a whole pair", #""name":"\ud83d\ude00""#, .text(.displayName, "😀")),
        OddPerson("an unknown escape", #""name":"a\x41""#, .text(.displayName, #"a\x41"#)),
        OddPerson("an escape that is cut off", #""name":"a\u4f""#, .text(.displayName, #"a\u4f"#)),
        OddPerson("a number with a leading zero", #""telephone":020"#, .text(.telephone, "020")),
        OddPerson("a number that no double holds", #""name":1e999"#, .text(.displayName, "1e999")),
        OddPerson("a comma too many", #""name":"Ann",,"alias":"a","#, .text(.displayName, "Ann"), .text(.alias, "a")),
        OddPerson("a comma too few", #""name":"Ann" "alias":"a""#, .text(.displayName, "Ann"), .text(.alias, "a")),
    ]

    static let nobodysFields = [
        OddPerson("a gender as a number", #""gender":1,"name":"Ann""#, .text(.displayName, "Ann")),
        OddPerson("an avatar as an object", #""avatar":{"url":"x"},"name":"Ann""#, .text(.displayName, "Ann")),
        OddPerson("an address as a list", #""address":[1,[2]],"name":"Ann""#, .text(.displayName, "Ann")),
        OddPerson("an external profile as a text", #""external_profile":"x","name":"Ann""#, .text(.displayName, "Ann")),
        OddPerson("deprecated flags as texts", #""isleader":"yes","hide_mobile":[]"#, .kept(.displayName)),
        OddPerson("a field that nobody knows", #""new":[{"userid":"x"}],"name":"Ann""#, .text(.displayName, "Ann")),
    ]

    static let statuses = [
        OddPerson("a status as a text", #""status":"2""#, .status(.disabled)),
        OddPerson("a status with a fraction of nothing", #""status":2.0"#, .status(.disabled)),
        OddPerson("a status that nobody knows", #""status":3"#, .status(nil), told: ["status": .unknownValue]),
        OddPerson("a negative status", #""status":-1"#, .status(nil), told: ["status": .unknownValue]),
        OddPerson("a status as a word", #""status":"active""#, .status(nil), told: ["status": .wrongType]),
        OddPerson("an empty status", #""status":"""#, .status(nil), told: ["status": .wrongType]),
        OddPerson("a status as a boolean", #""status":true"#, .status(nil), told: ["status": .wrongType]),
        OddPerson("a status as a list", #""status":[2]"#, .status(nil), told: ["status": .wrongType]),
        OddPerson(
            "a status beyond 64 bits",
            #""status":99999999999999999999"#,
            .status(nil),
            told: ["status": .wrongType]
        ),
        OddPerson("a status that is null", #""status":null"#, .status(nil)),
        OddPerson("no status", #""name":"Ann""#, .status(nil)),
        OddPerson("enable 0 without a status", #""enable":0"#, .status(.disabled)),
        OddPerson("enable 0 as a text", #""enable":"0""#, .status(.disabled)),
        OddPerson("enable false", #""enable":false"#, .status(.disabled)),
        OddPerson("enable false as a text", #""enable":"false""#, .status(.disabled)),
        OddPerson("enable 0 beside an active status", #""status":1,"enable":0"#, .status(.disabled)),
        OddPerson("enable 0 of who has left", #""enable":0,"status":5"#, .status(.left)),
        OddPerson(
            "enable 0 beside a status that nobody knows",
            #""enable":0,"status":9"#,
            .status(.disabled),
            told: ["status": .unknownValue]
        ),
        OddPerson("enable 1 beside a disabled status", #""enable":1,"status":2"#, .status(.disabled)),
        OddPerson(
            "an enable that nobody knows",
            #""enable":7,"status":4"#,
            .status(.notActivated),
            told: ["enable": .unknownValue]
        ),
        OddPerson("an enable as an object", #""enable":{},"status":1"#, .status(.active), told: ["enable": .wrongType]),
    ]
}

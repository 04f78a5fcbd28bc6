extension FunctionCatalogue {
    static let choices: [Function] = [
        Function(
            "coalesce",
            [.init("value")],
            required: 1,
            isVariadic: true,
            gives: .common(from: 0),
            upTo: .sum,
            "The first of several values that is neither absent nor empty; absent where all are.",
            example: example(
                "coalesce(biz_mail, email)",
                ["biz_mail": "", "email": "ann@example.com"],
                gives: "ann@example.com"
            ),
            .coalescing
        ),
        Function(
            "if",
            [.init("condition", .boolean), .init("then"), .init("else")],
            required: 2,
            gives: .common(from: 1),
            upTo: .sum,
            "One value where a condition holds, else the other, or absent.",
            example: example("if(gender == \"1\", \"male\", \"other\")", ["gender": "1"], gives: "male"),
            .choice
        ),
        Function(
            "extattr",
            [.init("name", .text, isLiteral: true)],
            gives: .of(.text),
            "A field that the enterprise added in WeCom, by its name there.",
            example: example("extattr(\"工号\")", ["extattr.工号": "A-17"], gives: "A-17"),
            .attribute
        ),
    ]
}

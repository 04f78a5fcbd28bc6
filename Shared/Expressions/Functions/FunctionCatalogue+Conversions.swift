extension FunctionCatalogue {
    static let conversions: [Function] = [
        Function(
            "number",
            [.init("text", .text)],
            gives: .of(.number),
            upTo: .small,
            "The number that a text is; absent where it is none.",
            example: example("number(extattr(\"级别\")) >= 7", ["extattr.级别": "8"], gives: "true"),
            onText { NumberText.number(TextSearch.trimmed($0)).map(Value.number) ?? .absent }
        ),
        Function(
            "date",
            [.init("text", .text)],
            gives: .of(.date),
            upTo: .small,
            "The day that a text is, such as 2024-03-01, 2024/3/1, 20240301 or 2024年3月1日; absent where it is none.",
            example: example("date(extattr(\"入职\")) < date(\"2020-01-01\")", ["extattr.入职": "2019/7/1"], gives: "true"),
            onText { CivilDate(TextSearch.trimmed($0)).map(Value.date) ?? .absent }
        ),
        Function(
            "formatDate",
            [.init("date", .date, .text), .init("format", .text, isLiteral: true)],
            gives: .of(.text),
            upTo: .small,
            "Writes a day by a format of yyyy, yy, MM, M, dd and d; absent where a text is no day.",
            example: example(
                "formatDate(extattr(\"入职\"), \"dd.MM.yyyy\")",
                ["extattr.入职": "2019-07-01"],
                gives: "01.07.2019"
            ),
            .dateFormatting
        ),
    ]
}

extension FunctionCatalogue {
    static let departments: [Function] = [
        Function(
            "departmentName",
            [],
            gives: .of(.text),
            "The name of a person's main department, or of the first one where no main one is told.",
            example: example("departmentName()", ["departmentPath()": "总部,研发部"], gives: "研发部"),
            .reference(.departmentName)
        ),
        Function(
            "departmentPath",
            [],
            gives: .of(.list),
            "The names of the departments above a person's main one that the app sees, from the topmost on, and its own last.",
            example: example("join(departmentPath(), \"/\")", ["departmentPath()": "总部,研发部"], gives: "总部/研发部"),
            .reference(.departmentPath)
        ),
    ]
}

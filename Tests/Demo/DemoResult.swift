import Foundation

/// What the demo found, or what it should find.
struct DemoResult {
    var users = 0
    var departments = 0
    var directoryUsers = 0
    var differences = -1
    var updated = 0
    var disabled = 0
    var logon = "none"
    var closedLogon = "none"
    var firstRun = "none"
    var secondRun = "none"
    var seconds = 0.0

    /// What the product promises for a WeCom of so many people and departments, in which then so many were changed.
    static func promised(users: Int, departments: Int, updated: Int, removed: Int) -> DemoResult {
        DemoResult(
            users: users,
            departments: departments,
            directoryUsers: users - removed,
            differences: 0,
            updated: updated,
            disabled: removed,
            logon: "succeeded",
            closedLogon: "idp_closed",
            firstRun: "succeeded",
            secondRun: "succeeded"
        )
    }

    /// What is not as promised, in the order in which the demo comes to it; nothing where all is well.
    func shortcomings(against promised: DemoResult) -> [Shortcoming] {
        zip(figures + runs, promised.figures + promised.runs)
            .filter { $0 != $1 }
            .map { Shortcoming(found: $0, expected: $1) }
    }

    /// One line of JSON, its members in the order in which the demo comes to them.
    var json: String { "{" + figures.map(\.json).joined(separator: ",") + "}" }

    /// A table for people.
    var summary: String {
        """

          people in WeCom at first        \(users)
          departments                     \(departments)
          people in the directory         \(directoryUsers)
          fields that differ from WeCom   \(differences)
          people updated                  \(updated)
          people disabled                 \(disabled)
          runs                            \(firstRun), \(secondRun)
          logon                           \(logon)
          logon after closing             \(closedLogon)
          took                            \(String(format: "%.1f", seconds)) s
        """
    }

    private var figures: [Figure] {
        [
            Figure("users", users), Figure("departments", departments), Figure("directoryUsers", directoryUsers),
            Figure("differences", differences), Figure("updated", updated), Figure("disabled", disabled),
            Figure("logon", logon), Figure("closedLogon", closedLogon),
        ]
    }

    private var runs: [Figure] { [Figure("the first run", firstRun), Figure("the second run", secondRun)] }
}

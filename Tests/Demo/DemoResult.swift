import Foundation

/// What the demo found.
struct DemoResult {
    let users: Int
    let departments: Int
    var directoryUsers = 0
    var differences = -1
    var updated = 0
    var disabled = 0
    var logon = "none"
    var closedLogon = "none"
    var outcomes: [String] = []
    var expectedChanges = (updated: 0, removed: 0)
    var seconds = 0.0

    init(users: Int, departments: Int) {
        self.users = users
        self.departments = departments
    }

    /// Whether everything is as the product promises.
    var isAsPromised: Bool {
        differences == 0 && logon == "succeeded" && closedLogon == "idp_closed"
            && outcomes.allSatisfy { $0 == "succeeded" } && disabled == expectedChanges.removed
    }

    /// One line of JSON, its members in the order in which the demo comes to them.
    var json: String {
        let figures = [
            ("users", users), ("departments", departments), ("directoryUsers", directoryUsers),
            ("differences", differences), ("updated", updated), ("disabled", disabled),
        ]
        // Reasons are plain words, so that nothing has to be escaped.
        let words = [("logon", logon), ("closedLogon", closedLogon)]
        let members = figures.map { "\"\($0)\":\($1)" } + words.map { "\"\($0)\":\"\($1)\"" }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// A table for people.
    var summary: String {
        """

          people in WeCom at first        \(users)
          departments                     \(departments)
          people in the directory         \(directoryUsers)
          fields that differ from WeCom   \(differences)
          people updated                  \(updated)
          people disabled                 \(disabled)
          runs                            \(outcomes.joined(separator: ", "))
          logon                           \(logon)
          logon after closing             \(closedLogon)
          took                            \(String(format: "%.1f", seconds)) s
        """
    }
}

import JSONCoding
import MessageSchemas

extension RefusedEdit {
    /// Of values: which of them, in which form and between which bounds.
    static let ofValues = [
        RefusedEdit(
            "a value comes to a list of values",
            "run-finished",
            "properties/outcome/enum",
            at: "outcome",
            .releasedReader,
            "\"paused\" is new"
        ) {
            $0?.adding(.string("paused"))
        },
        RefusedEdit(
            "a value goes from a list of values",
            "run-finished",
            "properties/outcome/enum",
            at: "outcome",
            .presentReader,
            "\"held\" is no longer known"
        ) {
            $0?.removing(.string("held"))
        },
        RefusedEdit(
            "a value is renamed",
            "user-batch",
            "properties/users/items/properties/status/enum",
            at: "users[].status",
            .releasedReader,
            "the value 6 is new"
        ) {
            $0?.removing(.integer(5)).adding(.integer(6))
        },
        RefusedEdit(
            "any text becomes one of some",
            ContractEdit.idp,
            "properties/schema/enum",
            at: "schema",
            .presentReader,
            "only some are now"
        ) { _ in
            .array([.string("a")])
        },
        RefusedEdit(
            "one of some texts becomes any",
            ContractEdit.idp,
            "properties/status/enum",
            at: "status",
            .releasedReader,
            "any is now"
        ) { _ in nil },
        RefusedEdit(
            "a pattern changes",
            ContractEdit.idp,
            "properties/enterpriseID/pattern",
            at: "enterpriseID",
            .both,
            "pattern is another"
        ) { _ in
            .string("^[a-z]{12}$")
        },
        RefusedEdit(
            "a pattern comes",
            ContractEdit.idp,
            "properties/schema/pattern",
            at: "schema",
            .presentReader,
            "pattern is new"
        ) {
            _ in .string("^ww")
        },
        RefusedEdit(
            "a format goes",
            "run-finished",
            "properties/finishedAt/format",
            at: "finishedAt",
            .releasedReader,
            "format is dropped"
        ) { _ in nil },
        RefusedEdit(
            "a bound is widened",
            ContractEdit.idp,
            "properties/cycleHours/maximum",
            at: "cycleHours",
            .releasedReader,
            "lets more through"
        ) { _ in .integer(48) },
        RefusedEdit(
            "a bound is narrowed",
            ContractEdit.idp,
            "properties/cycleHours/minimum",
            at: "cycleHours",
            .presentReader,
            "refuses what was written"
        ) { _ in .integer(2) },
        RefusedEdit(
            "a text may be longer",
            ContractEdit.idp,
            "properties/name/maxLength",
            at: "name",
            .releasedReader,
            "lets more through"
        ) { _ in .integer(200) },
        RefusedEdit(
            "an alternative comes",
            ContractEdit.idp,
            "properties/scope/oneOf",
            at: "scope",
            .releasedReader,
            "an alternative more"
        ) {
            $0?.adding(.object(["type": .string("object"), "required": .array([.string("tags")])]))
        },
        RefusedEdit(
            "an alternative changes",
            ContractEdit.idp,
            "properties/scope/oneOf/1/required",
            at: "scope",
            .both,
            "gone or another"
        ) {
            $0?.removing(.string("departments"))
        },
    ]
}

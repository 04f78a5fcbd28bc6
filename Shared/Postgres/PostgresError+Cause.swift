public import Failures

/// Why PostgreSQL refuses a record for good.
public enum DatabaseRefusal: String, RejectionReason {
    /// The data.
    case refusedByDatabase = "refused-by-database"

    /// What is wrong and what mends it.
    public var sentence: String {
        "PostgreSQL refuses the data: a value that it cannot hold, or one that collides with another row; mend the row or "
            + "edit the record, then redrive."
    }
}

extension PostgresError: ExplainedFailure {
    /// Meant where ``failureClass`` is permanent.
    public var cause: RejectionCause { RejectionCause(DatabaseRefusal.refusedByDatabase) }
}

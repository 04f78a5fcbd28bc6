extension Readiness {
    /// Whether the program is ready, and how much somebody should look after, in Prometheus's text format.
    var metrics: String {
        """
        # TYPE service_ready gauge
        service_ready \(isReady ? 1 : 0)
        # TYPE service_remarks gauge
        service_remarks \(remarks.count)

        """
    }
}

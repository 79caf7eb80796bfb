//! What the end-to-end flows, the demonstration, the benchmarks and the soak share.

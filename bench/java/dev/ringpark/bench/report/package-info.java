/**
 * Shows what was measured: tables in Markdown, targets with met or missed, a chart. It knows the findings and measures
 * nothing.
 */
package dev.ringpark.bench.report;

// Pages and what they stand on, in reading order: theme, data, sign-in, live connection, shell, page.
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, useState } from 'react';
import { BrowserRouter, Navigate, Outlet, Route, Routes } from 'react-router';
import { createQueryClient } from './api/queryClient';
import { LiveProvider } from './live/LiveProvider';
import { Overview } from './pages/overview/Overview';
import { AuthGate } from './shell/AuthGate';
import { Shell } from './shell/Shell';
import { theme, variables } from './theme/theme';

const Anomalies = lazy(() => import('./pages/anomalies/Anomalies'));
const AnomalyPage = lazy(() => import('./pages/anomaly/AnomalyPage'));
const SeriesPage = lazy(() => import('./pages/series/SeriesPage'));
const Upload = lazy(() => import('./pages/upload/Upload'));
const Tokens = lazy(() => import('./pages/tokens/Tokens'));
const Services = lazy(() => import('./pages/services/Services'));
const TracePage = lazy(() => import('./pages/services/TracePage'));
const Help = lazy(() => import('./pages/help/Help'));
const SetUp = lazy(() => import('./pages/setup/SetUp'));
const SignIn = lazy(() => import('./pages/sign-in/SignIn'));
const NotFound = lazy(() => import('./pages/not-found/NotFound'));

export function App() {
  const [queries] = useState(createQueryClient);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={4} />
      <QueryClientProvider client={queries}>
        <BrowserRouter>
          <AppRoutes />
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>
  );
}

export function AppRoutes() {
  return (
    <Routes>
      <Route element={<AuthGate />}>
        <Route path="/setup" element={<SetUp />} />
        <Route path="/sign-in" element={<SignIn />} />
        <Route
          element={
            <LiveProvider>
              <Outlet />
            </LiveProvider>
          }
        >
          <Route element={<Shell />}>
            <Route index element={<Overview />} />
            <Route path="/anomalies" element={<Anomalies />} />
            <Route path="/anomalies/:id" element={<AnomalyPage />} />
            <Route path="/series" element={<SeriesPage />} />
            <Route path="/services" element={<Services />} />
            <Route path="/traces/:id" element={<TracePage />} />
            <Route path="/upload" element={<Upload />} />
            <Route path="/tokens" element={<Tokens />} />
            <Route path="/help" element={<Help />} />
            <Route path="/ui" element={<Navigate to="/" replace />} />
            <Route path="*" element={<NotFound />} />
          </Route>
        </Route>
      </Route>
    </Routes>
  );
}
